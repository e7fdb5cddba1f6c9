internal import NIOCore
internal import NIOTLS

#if TLS
    internal import NIOSSL

    /// Puts TLS in front of a channel's other handlers, towards a target.
    package struct ClientTLS: Sendable {
        private let context: NIOSSLContext
        private let serverName: String?

        /// - Parameter host: the target's name, for SNI and for the check of its certificate.
        package init(_ settings: ClientTLSSettings, host: String) throws(TLSError) {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.applicationProtocols = ["http/1.1"]
            if !settings.verifiesCertificate { configuration.certificateVerification = .none }
            if let file = settings.authorityFile { configuration.trustRoots = .file(file) }
            do {
                context = try NIOSSLContext(configuration: configuration)
            } catch {
                throw TLSError("cannot use the certificate authorities of '\(settings.authorityFile ?? "")': \(error)")
            }
            // RFC 6066 section 3: an address is no server name.
            serverName = (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
        }

        func install(in pipeline: ChannelPipeline.SynchronousOperations, facts: @escaping (TLSFacts) -> Void) throws {
            let handler = try NIOSSLClientHandler(context: context, serverHostname: serverName)
            try pipeline.addHandler(handler)
            try pipeline.addHandler(
                TLSFactsHandler(serverName: serverName ?? "", version: { handler.tlsVersion.map { "\($0)" } }, facts))
        }
    }

    /// Puts TLS in front of a channel's other handlers, towards browsers.
    package struct ServerTLS: Sendable {
        private let context: NIOSSLContext

        package init(_ settings: ServerTLSSettings) throws(TLSError) {
            do {
                let chain = try NIOSSLCertificate.fromPEMFile(settings.certificateFile)
                let key = try NIOSSLPrivateKey(file: settings.keyFile, format: .pem)
                var configuration = TLSConfiguration.makeServerConfiguration(
                    certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
                configuration.applicationProtocols = ["http/1.1"]
                context = try NIOSSLContext(configuration: configuration)
            } catch {
                throw TLSError(
                    "cannot use the certificate '\(settings.certificateFile)' with the key '\(settings.keyFile)': "
                        + "\(error). Both must be PEM files.")
            }
        }

        func install(in pipeline: ChannelPipeline.SynchronousOperations, facts: @escaping (TLSFacts) -> Void) throws {
            let handler = NIOSSLServerHandler(context: context)
            try pipeline.addHandler(handler)
            try pipeline.addHandler(
                TLSFactsHandler(serverName: "", version: { handler.tlsVersion.map { "\($0)" } }, facts))
        }
    }
#else
    /// Stands for TLS towards a target in a build without it.
    package struct ClientTLS: Sendable {
        package init(_ settings: ClientTLSSettings, host: String) throws(TLSError) { throw .notBuilt }
        func install(in pipeline: ChannelPipeline.SynchronousOperations, facts: @escaping (TLSFacts) -> Void) throws {}
    }

    /// Stands for TLS towards browsers in a build without it.
    package struct ServerTLS: Sendable {
        package init(_ settings: ServerTLSSettings) throws(TLSError) { throw .notBuilt }
        func install(in pipeline: ChannelPipeline.SynchronousOperations, facts: @escaping (TLSFacts) -> Void) throws {}
    }
#endif

/// Tells once what a handshake agreed on, or why there was none.
final class TLSFactsHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private enum Phase {
        case shaking(EventLoopPromise<Void>?)
        case over
    }

    private let serverName: String
    private let version: () -> String?
    private let tell: (TLSFacts) -> Void
    private var phase = Phase.shaking(nil)

    init(serverName: String, version: @escaping () -> String?, _ tell: @escaping (TLSFacts) -> Void) {
        self.serverName = serverName
        self.version = version
        self.tell = tell
    }

    /// Completes with the handshake.
    func handshake(on channel: any Channel) -> EventLoopFuture<Void> {
        switch phase {
        case .shaking(let waiting):
            let promise = waiting ?? channel.eventLoop.makePromise(of: Void.self)
            phase = .shaking(promise)
            return promise.futureResult
        case .over:
            return channel.isActive
                ? channel.eventLoop.makeSucceededVoidFuture()
                : channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
    }

    private func end(_ result: Result<Void, any Error>) {
        guard case .shaking(let promise) = phase else { return }
        phase = .over
        promise?.completeWith(result)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let negotiated) = event as? TLSUserEvent {
            end(.success(()))
            tell(TLSFacts(version: version() ?? "", applicationProtocol: negotiated ?? "", serverName: serverName))
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(error))
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(ChannelError.eof))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end(.failure(ChannelError.ioOnClosedChannel)) }
}
