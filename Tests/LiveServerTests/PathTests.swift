import Testing

@testable import LiveServer

@Suite struct PathTests {
    @Test(arguments: [
        ("/a/b?c=d#e", "/a/b?c=d"), ("http://host:80/a?b", "/a?b"), ("https://host", "/"), ("http://host?x=1", "/?x=1"),
        ("https://host/#f", "/"), ("/?", "/"), ("custom://x//y", "//y"),
    ]) func urlsHavePathAndQuery(url: String, text: String) {
        #expect(PagePath(url)?.text == text)
    }

    @Test(arguments: ["", "a/b", "javascript:alert(1)", "http:/x", ":", "mailto:a@b"])
    func whatIsNoURLIsNone(url: String) {
        #expect(PagePath(url) == nil)
    }

    @Test func patternsTakeParams() {
        func params(_ pattern: String, _ path: String) -> [String]? {
            PagePath(path).flatMap { PathPattern(pattern).match($0.segments) }?.map { "\($0.name)=\($0.value)" }
        }
        #expect(params("/", "/") == [])
        #expect(params("/items/:id", "/items/a%20b/") == ["id=a b"])
        #expect(params("/items/:id", "/items") == nil)
        #expect(params("/items/:id", "/items/1/2") == nil)
        #expect(params("/:a/x/:b", "/1/x/2") == ["a=1", "b=2"])
        #expect(params("/files/*rest", "/files/a/b") == ["rest=a/b"])
        #expect(params("/files/*rest", "/files") == ["rest="])
        #expect(params("/files", "/Files") == nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (1_795_420_007, "2026-11-23T07:46:47Z"),
            (-1, "1969-12-31T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] as [(Int64, String)]) func timesHaveDates(seconds: Int64, text: String)
    {
        #expect("\(WallTime(nanoseconds: seconds * 1_000_000_000))" == text)
    }

    @Test func valuesAreReadAsWhatTheyCanBe() {
        let json: JSON = [
            "n": 7, "s": "8", "f": 2.5, "on": "on", "t": true, "list": [1, "x"], "rows": ["1": "b", "0": "a"],
        ]
        #expect(json["n"].int == 7 && json["s"].int == 8 && json["f"].int == nil)
        #expect(json["f"].double == 2.5 && json["s"].double == 8)
        #expect(json["on"].bool == true && json["t"].bool == true && json["n"].bool == nil)
        #expect(json["list"][1].string == "x" && json["list"][2] == .null && json["none"]["deep"][0] == nil)
        #expect(json["rows"].array?.map(\.string) == ["a", "b"])
        #expect(JSON(Double.nan) == .null)
        var session: JSON = .null
        session["user"] = "Ann"
        session["user"] = "Bo"
        session["admin"] = true
        session["admin"] = nil
        #expect("\(session)" == #"{"user":"Bo"}"#)
    }
}
