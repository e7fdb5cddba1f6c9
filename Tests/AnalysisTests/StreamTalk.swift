import ConversationSupport

/// A page with a stream, for the rules about streams.
struct StreamTalk {
    let talk = Conversation()
    let view: TalkingView

    init() {
        view = talk.join(
            "/stream",
            rendered: #"{"0":{"k":{"kc":0},"s":["<li id=\"","\">","<b>","</b><i>","</i><u>","</u></li>"],"#
                + #""stream":["0",[],[]]},"s":["<ul id=\"list\">","</ul>"]}"#)
    }

    /// Puts entries in: of each its id and the texts of its four other slots.
    func insert(
        _ entries: [(id: Int, texts: [String])], reset: Bool = false, limit: String = "null", delete: [Int] = []
    ) {
        let rows = entries.enumerated().map { place, entry in
            let texts = entry.texts.enumerated().map { ",\"\($0 + 1)\":\"\($1)\"" }.joined()
            return "\"\(place)\":{\"0\":\"m-\(entry.id)\"\(texts)},"
        }.joined()
        let inserts = entries.map { "[\"m-\($0.id)\",-1,\(limit),false]" }.joined(separator: ",")
        let deletes = delete.map { "\"m-\($0)\"" }.joined(separator: ",")
        let ending = reset ? ",true" : ""
        view.event(
            "load",
            reply: #"{"0":{"k":{\#(rows)"kc":\#(entries.count)},"stream":["0",[\#(inserts)],[\#(deletes)]\#(ending)]}}"#
        )
    }

    func insert(_ ids: Range<Int>, text: String = "x", reset: Bool = false, limit: String = "null", delete: [Int] = [])
    {
        insert(ids.map { ($0, [text, "", "", ""]) }, reset: reset, limit: limit, delete: delete)
    }
}
