internal import NIOHTTP1

// The heads that NIO decodes; WebSocketWire has its own of the same names.
typealias DecodedHead = NIOHTTP1.HTTPRequestHead
typealias EncodedHead = NIOHTTP1.HTTPResponseHead
