import Testing
import WebSocketWire

@Suite struct DeflateOfferTests {
    @Test(arguments: [
        (nil, 0), ("", 0), ("x-other", 0), ("permessage-deflate", 1), ("Permessage-Deflate; client_max_window_bits", 1),
        ("permessage-deflate; server_max_window_bits", 0), ("permessage-deflate; server_max_window_bits=7", 0),
        ("permessage-deflate; server_no_context_takeover=1", 0), ("permessage-deflate; what", 0),
        ("permessage-deflate; client_max_window_bits; client_max_window_bits", 0),
        ("permessage-deflate; server_max_window_bits=9; server_max_window_bits=9", 0),
        ("permessage-deflate; client_max_window_bits=10, permessage-deflate", 2), ("permessage-deflate;;", 0),
    ])
    func onlyWhatTheRFCDefinesIsAnOffer(_ header: String?, _ count: Int) {
        #expect(DeflateOffer.offers(inRequest: header).count == count)
    }

    @Test func theStricterOfBothCounts() throws {
        let header = "permessage-deflate; server_max_window_bits=12; client_max_window_bits=11"
        let offer = try #require(DeflateOffer.offers(inRequest: header).first)
        #expect(offer.accepted(within: PermessageDeflate()) == offer.wanted)
        let limits = PermessageDeflate(
            serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 10,
            clientMaxWindowBits: 13)
        #expect(
            offer.accepted(within: limits)
                == PermessageDeflate(
                    serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 10,
                    clientMaxWindowBits: 11))
    }

    @Test func theClientsWindowIsLeftAloneUnlessItAllowsThat() throws {
        let offer = try #require(DeflateOffer.offers(inRequest: "permessage-deflate").first)
        #expect(offer.accepted(within: PermessageDeflate(clientMaxWindowBits: 9)).clientMaxWindowBits == nil)
        let bare = try #require(DeflateOffer.offers(inRequest: "permessage-deflate; client_max_window_bits").first)
        #expect(bare.accepted(within: PermessageDeflate(clientMaxWindowBits: 9)).clientMaxWindowBits == 9)
        #expect(bare.accepted(within: PermessageDeflate()).clientMaxWindowBits == nil)
    }
}
