/* keep_awake SECONDS: keeps the processors from going to sleep. A virtual machine's idle processor takes 50 to 100 µs to
 * wake up; with this running, a latency is what the programs take. One thread a processor, of SCHED_IDLE: anything else
 * that wants to run pushes it aside at once. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

static void *spin(void *processor) {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET((int)(intptr_t)processor, &only);
    pthread_setaffinity_np(pthread_self(), sizeof only, &only);
    struct sched_param parameters = {0};
    if (sched_setscheduler(0, SCHED_IDLE, &parameters)) return NULL;
    for (;;) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("yield");
#endif
    }
}

int main(int count, char **arguments) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    for (intptr_t i = 0; i < processors; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, spin, (void *)i);
    }
    unsigned left = count > 1 ? (unsigned)atoi(arguments[1]) : 3600;
    while (left) left = sleep(left);
    return 0;
}
