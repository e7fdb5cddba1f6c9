import Glibc
import Proxy
import RecordingFormat
import Testing
import Transport

/// The addresses of `localhost` on this machine.
private func localAddresses() -> [String] {
    ["127.0.0.1", "::1"].filter { address in
        var hints = addrinfo()
        hints.ai_family = address == "::1" ? AF_INET6 : AF_INET
        var found: UnsafeMutablePointer<addrinfo>?  // Unsafe: getaddrinfo(3) allocates, freed at once.
        guard getaddrinfo("localhost", nil, &hints, &found) == 0 else { return false }
        freeaddrinfo(found)
        return true
    }
}

@Suite struct ListeningTests {
    @Test func ipv6IsListenedOnAndConnectedTo() async throws {
        let server = try await RawServer.start(host: "::1")
        try await Rig.with(
            target: "http://[::1]:\(server.port)", { $0.proxy.listen = Endpoint(host: "::1", port: 0) }
        ) { rig in
            #expect(rig.proxy.endpoint.port != 0)
            let client = try await rig.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let peer = try await server.peer()
            try await peer.receive(through: "\r\n\r\n")
            try await peer.send("HTTP/1.1 204 No Content\r\n\r\n")
            try await client.receive(through: "204")
            let recorded = try await rig.stopAndRead()
            let opened = recorded.socketRecords(.connectionOpened)
            #expect(opened.first?.clientAddress.hasPrefix("[::1]:") == true)
            #expect(opened.last?.serverAddress == "[::1]:\(server.port)")
        }
        await server.close()
    }

    /// `localhost` is ::1 and 127.0.0.1 on most machines: the server listens on one of them only.
    @Test(arguments: localAddresses())
    func aNameWithSeveralAddressesIsReached(host: String) async throws {
        let server = try await RawServer.start(host: host)
        try await Rig.with(target: "http://localhost:\(server.port)") { rig in
            for number in 0..<20 {
                let client = try await rig.connect()
                try await client.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
                let peer = try await server.peer(number)
                try await peer.receive(through: "\r\n\r\n")
                try await peer.send("HTTP/1.1 204 No Content\r\n\r\n")
                try await client.receive(through: "204")
            }
        }
        await server.close()
    }
}
