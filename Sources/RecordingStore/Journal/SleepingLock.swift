internal import Glibc

/// A lock whose waiters sleep, for work that takes as long as a system call.
///
/// `Synchronization.Mutex` waits by priority inheritance on Linux: the kernel spins for as long as the owner runs. While
/// another event loop appends to the journal that burnt a sixth of the processor time that the proxy took.
final class SleepingLock<Value>: @unchecked Sendable {  // The value is reached under the lock only.
    private var value: Value
    /// Unsafe: pthreads need an address that stays.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init(_ value: sending Value) {
        self.value = value
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&value)
    }
}
