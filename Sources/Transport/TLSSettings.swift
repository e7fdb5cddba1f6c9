/// How to speak TLS to the target.
package struct ClientTLSSettings: Hashable, Sendable {
    /// Whether the target's certificate must be valid for its name. Default: yes.
    package var verifiesCertificate = true
    /// A PEM file of certificate authorities to trust in place of the system's.
    package var authorityFile: String?

    package init() {}
}

/// The certificate that the proxy shows to browsers.
package struct ServerTLSSettings: Hashable, Sendable {
    /// A PEM file: the certificate, then those that vouch for it.
    package var certificateFile: String
    /// A PEM file with its private key.
    package var keyFile: String

    package init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// What the two ends of a TLS leg agreed on.
package struct TLSFacts: Hashable, Sendable {
    package var version = ""
    package var cipher = ""
    package var applicationProtocol = ""
    package var serverName = ""
}

/// Why TLS cannot be used; says what to do.
package struct TLSError: Error, CustomStringConvertible, Sendable {
    package let description: String
    init(_ description: String) { self.description = description }

    static let notBuilt = TLSError("this build has no TLS: build LiveTape with its TLS trait (on by default)")
}
