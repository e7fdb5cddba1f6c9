import TestSupport
import Testing

@testable import WebSocketWire

/// A frame that is passed over leaves the assembler where taking it would have.
@Suite struct PassingFramesTests {
    private func piece(
        _ opcode: UInt8, _ number: UInt64, final: Bool = true, rsv1: Bool = false, part: UInt32 = 0, isLast: Bool = true
    ) -> FramePiece {
        let first = (final ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | UInt64(opcode)
        let head = part == 0 ? FrameHead(low: first | 3 << 8, high: 0, byteCount: 2) : nil
        return FramePiece(
            number: number, offset: number * 5, part: part, isLast: isLast, head: head, payload: 0..<3)
    }

    @Test(arguments: [nil, PermessageDeflate()])
    func passingLeadsWhereReceivingLeads(deflate: PermessageDeflate?) {
        var random = SeededGenerator(seed: 11)
        var (passed, received) = (0, 0)
        for _ in 0..<200 {
            var passing = MessageAssembler(sender: .server, deflate: deflate)
            var receiving = passing
            for number in 0..<40 as Range<UInt64> {
                let opcode: UInt8 = [0, 1, 1, 2, 2, 8, 9][Int.random(in: 0..<7, using: &random)]
                let frame = piece(
                    opcode, number, final: .random(in: 0..<5, using: &random) > 0,
                    rsv1: .random(in: 0..<6, using: &random) == 0, isLast: .random(in: 0..<6, using: &random) > 0)
                let bytes: [UInt8] = [0x7b, 0x7d, 0x20]
                if passing.pass(frame) { passed += 1 } else { _ = passing.receive(frame, bytes.span) }
                _ = receiving.receive(frame, bytes.span)
                received += 1
                #expect(passing.checkpoint == receiving.checkpoint)
                guard passing.checkpoint == receiving.checkpoint else { return }
            }
        }
        #expect(passed > received / 10, "hardly any frame was passed")
    }

    @Test func whatBelongsToAMessageIsNotPassed() {
        var assembler = MessageAssembler(sender: .server, deflate: PermessageDeflate())
        let others = [
            piece(1, 0, final: false), piece(0, 0), piece(9, 0), piece(1, 0, rsv1: true), piece(1, 0, isLast: false),
            piece(1, 0, part: 1),
        ]
        for other in others {
            let isPassed = assembler.pass(other)
            #expect(!isPassed, "\(other)")
        }
        #expect(assembler.checkpoint?.nextFrame == 0)
        let isPassed = assembler.pass(piece(1, 0))
        #expect(isPassed)
        #expect(assembler.checkpoint?.nextFrame == 1 && assembler.checkpoint?.nextMessage == 1)
    }
}
