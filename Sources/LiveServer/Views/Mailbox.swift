import LiveViewWire
import NIOCore

/// Where a view or component gets messages, from any thread. It does not keep the view alive.
struct Mailbox: Sendable {
    private final class Reference {
        weak var channel: ViewChannel?

        init(_ channel: ViewChannel) { self.channel = channel }
    }

    private let reference: NIOLoopBound<Reference>
    let loop: any EventLoop
    let clock: LiveClock
    private let component: ComponentID?

    init(_ channel: ViewChannel, component: ComponentID?) {
        loop = channel.environment.loop
        clock = channel.environment.app.configuration.clock
        reference = NIOLoopBound(Reference(channel), eventLoop: loop)
        self.component = component
    }

    /// Whether the view still lives. On its event loop only.
    var isAlive: Bool { reference.value.channel?.isOver == false }

    /// Delivers a message in a turn of its own.
    func deliver(_ message: some Sendable) { loop.execute { deliverHere(message) } }

    /// Delivers what some work came to, which then need not be ended with the view.
    func deliver(_ message: some Sendable, ending number: Int) {
        loop.execute {
            reference.value.channel?.forgetEnding(number)
            deliverHere(message)
        }
    }

    /// Delivers a message now. On the view's event loop only, and in none of its turns.
    func deliverHere(_ message: any Sendable) {
        guard let channel = reference.value.channel, !channel.isOver else { return }
        channel.receive(message, for: component)
    }
}

/// Work off the event loop, which is cancelled when its view ends.
final class RunningTask {
    var task: Task<Void, Never>?
    private(set) var number = 0

    init(_ channel: ViewChannel) { number = channel.willEnd { self.task?.cancel() } }
}

/// A message that comes later, or again and again, until it is cancelled or the view ends.
public final class LiveTimer {
    private var isCancelled = false

    /// No more messages come.
    public func cancel() { isCancelled = true }

    static func start(
        _ mailbox: Mailbox?, _ message: some Sendable, after delay: Duration, every interval: Duration?
    ) -> LiveTimer {
        let timer = LiveTimer()
        guard let mailbox else { return timer }
        let bound = NIOLoopBound(timer, eventLoop: mailbox.loop)
        guard delay > .zero || interval != nil else {
            // What comes at once needs no clock.
            mailbox.loop.execute { if !bound.value.isCancelled { mailbox.deliverHere(message) } }
            return timer
        }
        schedule(bound, mailbox, message, at: mailbox.clock.uptime + delay, every: interval)
        return timer
    }

    private static func schedule(
        _ timer: NIOLoopBound<LiveTimer>, _ mailbox: Mailbox, _ message: some Sendable, at due: Duration,
        every interval: Duration?
    ) {
        mailbox.clock.schedule(after: due - mailbox.clock.uptime, on: mailbox.loop) {
            guard !timer.value.isCancelled, mailbox.isAlive else { return }
            // From the time it was due: intervals do not add up what each is late, and what was missed is left out.
            if let interval {
                let late = (mailbox.clock.uptime - due).nanoseconds / max(1, interval.nanoseconds)
                schedule(timer, mailbox, message, at: due + interval * Int(max(0, late) + 1), every: interval)
            }
            mailbox.deliverHere(message)
        }
    }
}
