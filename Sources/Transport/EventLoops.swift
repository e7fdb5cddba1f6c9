internal import Glibc
package import NIOCore
internal import NIOPosix

/// The threads that relay.
package enum EventLoops {
    /// One loop a core by default: sockets are spread over them and stay where they are.
    package static func make(count: Int?) -> any EventLoopGroup {
        MultiThreadedEventLoopGroup(numberOfThreads: max(1, count ?? NIOCore.System.coreCount))
    }
}

/// How many files and sockets this process may have open.
package enum DescriptorLimit {
    /// Raises the soft limit to the hard one.
    /// - Returns: the limit that is in force then.
    package static func raise() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        if setrlimit(resource, &limit) != 0 { limit.rlim_cur = soft }
        return Int(clamping: limit.rlim_cur)
    }
}
