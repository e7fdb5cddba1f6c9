import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P33WholeFormForOneFieldTests {
    /// A form of fields of 40 bytes each; `changed` of them differ each time.
    private func talk(fields: Int, changed: Int = 1, events: Int = 4, unused: Bool = false) -> Conversation {
        let talk = Conversation()
        let view = talk.join("/form", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for event in 0..<events {
            let pairs = (0..<fields).map { field in
                let value = String(repeating: field < changed ? "\(event)" : "v", count: 28)
                return (unused ? "_unused_field\(field)=&" : "") + "field\(field)=\(value)"
            }
            view.change("validate", pairs.joined(separator: "&"), target: "field0", reply: #"{"0":"\#(event)"}"#)
        }
        return talk
    }

    @Test func aLargeFormThatHardlyChangesIsFound() throws {
        let findings = talk(fields: 60).findings(WholeFormForOneField.self)
        #expect(findings.map(\.evidence.count) == [3])
        #expect(findings.first?.place.event == "validate")
        #expect((findings.first?.savedShare ?? 0) > 0.8)
    }

    @Test func unusedFieldsAreNamed() throws {
        let text = talk(fields: 60, unused: true).findings(WholeFormForOneField.self).first?.evidence.text
        #expect(text?.contains("`_unused_`") == true)
    }

    @Test func aSmallFormIsNot() throws { #expect(talk(fields: 40).findings(WholeFormForOneField.self).isEmpty) }

    @Test func aFormOfWhichATenthChangesIsNot() throws {
        #expect(talk(fields: 60, changed: 7).findings(WholeFormForOneField.self).isEmpty)
    }

    @Test func threeEventsAreNot() throws {
        #expect(talk(fields: 60, events: 3).findings(WholeFormForOneField.self).isEmpty)
    }

    @Test(arguments: RecordedFrames.phoenixPages) func noPhoenixPageHasIt(_ page: String) throws {
        #expect(try Conversation.findings(WholeFormForOneField.self, inPhoenix: page).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(WholeFormForOneField.self, inRecording: "gallery-pitfalls-events")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
