import Analysis
import ConversationSupport
import Testing

@Suite struct P06FormResentTests {
    private static let statics = #""s":["<form","><input","","","><input","","","></form>"]"#

    private func form(_ reply: (Int) -> String, type: String = "form", count: Int = 3) -> Conversation {
        let talk = Conversation()
        let view = talk.join(
            "/form",
            rendered:
                #"{"0":"","1":" id=\"n\"","2":" name=\"n\"","3":" value=\"\"","4":" id=\"m\"","5":" name=\"m\"","6":" value=\"\"",\#(Self.statics)}"#
        )
        for number in 0..<count {
            view.event("validate", type: type, value: "\"n=x\(number)\"", target: "n", reply: reply(number))
            talk.wait(seconds: 1)
        }
        return talk
    }

    private let resent = { (number: Int) in
        #"{"1":" id=\"n\"","2":" name=\"n\"","3":" value=\"\#(number + 1)\"","4":" id=\"m\"","5":" name=\"m\"","6":" value=\"\""}"#
    }

    @Test func attributesThatStayAreFound() throws {
        let finding = try #require(form(resent).findings(FormResent.self).first)
        #expect(finding.evidence.count == 3)
        let redundant = [#"" id=\"n\"""#, #"" name=\"n\"""#, #"" id=\"m\"""#, #"" name=\"m\"""#, #"" value=\"\"""#]
        #expect(finding.savedBytes == 3 * redundant.reduce(0) { $0 + $1.utf8.count })
    }

    @Test func aReplyWithTheChangedInputIsNot() throws {
        let changed = { (number: Int) in #"{"1":" id=\"n\"","2":" name=\"n\"","3":" value=\"\#(number + 1)\""}"# }
        #expect(form(changed).findings(FormResent.self).isEmpty)
    }

    @Test func twoRepliesAreTooFewAndClicksAreNoForm() throws {
        #expect(form(resent, count: 2).findings(FormResent.self).isEmpty)
        #expect(form(resent, type: "click").findings(FormResent.self).isEmpty)
    }

    @Test(arguments: [(50, 1), (49, 0)])
    func manyOptionsInOneTextAre(_ count: Int, _ found: Int) throws {
        let options = String(repeating: "<option>x</option>", count: count)
        #expect(form({ #"{"0":"\#(options)\#($0)"}"# }).findings(FormResent.self).count == found)
    }

    @Test func thePhoenixFormHasIt() throws {
        #expect(!(try Conversation.findings(FormResent.self, inPhoenix: "form")).isEmpty)
    }
}
