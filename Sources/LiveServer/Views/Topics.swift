import NIOCore
import Synchronization

/// A name under which views publish and subscribe, with the type of what is published:
/// `static let room = Topic<Line>("room")`.
public struct Topic<Content: Sendable>: Hashable, Sendable {
    /// Unique in the application, whatever the type.
    public let name: String

    /// A topic of that name.
    public init(_ name: String) { self.name = name }
}

/// Who is subscribed to what, over all event loops.
final class TopicRegistry: Sendable {
    /// One subscriber; on its loop only.
    final class Subscription {
        let topic: String
        let deliver: (any Sendable) -> Void
        /// Where it stands among its loop's subscribers.
        fileprivate var index = 0

        fileprivate init(_ topic: String, _ deliver: @escaping (any Sendable) -> Void) {
            self.topic = topic
            self.deliver = deliver
        }
    }

    /// The subscribers of one topic on one loop.
    private final class Members {
        var subscriptions: [Subscription] = []
    }

    private struct Group: Sendable {
        let loop: any EventLoop
        let members: NIOLoopBound<Members>
    }

    private let topics = Mutex<[String: [Group]]>([:])

    /// Call it on the loop.
    func subscribe(
        to topic: String, on loop: any EventLoop, _ deliver: @escaping (any Sendable) -> Void
    ) -> Subscription {
        let subscription = Subscription(topic, deliver)
        let members = topics.withLock { topics in
            if let group = topics[topic]?.first(where: { $0.loop === loop }) { return group.members }
            let members = NIOLoopBound(Members(), eventLoop: loop)
            topics[topic, default: []].append(Group(loop: loop, members: members))
            return members
        }
        subscription.index = members.value.subscriptions.count
        members.value.subscriptions.append(subscription)
        return subscription
    }

    /// Call it on the loop that subscribed.
    func remove(_ subscription: Subscription, on loop: any EventLoop) {
        let group = topics.withLock { $0[subscription.topic]?.first { $0.loop === loop } }
        guard let members = group?.members.value else { return }
        let index = subscription.index
        guard members.subscriptions.indices.contains(index), members.subscriptions[index] === subscription else {
            return
        }
        members.subscriptions.swapAt(index, members.subscriptions.count - 1)
        members.subscriptions.removeLast()
        if index < members.subscriptions.count { members.subscriptions[index].index = index }
        guard members.subscriptions.isEmpty else { return }
        topics.withLock { topics in
            topics[subscription.topic]?.removeAll { $0.loop === loop }
            if topics[subscription.topic]?.isEmpty == true { topics[subscription.topic] = nil }
        }
    }

    /// From any thread. Each loop delivers in a turn of its own.
    func publish(_ content: some Sendable, to topic: String) {
        for group in topics.withLock({ $0[topic] ?? [] }) {
            group.loop.execute {
                for subscription in group.members.value.subscriptions { subscription.deliver(content) }
            }
        }
    }
}
