import LiveServer
import Testing
import WebSocketWire

@Suite struct ServingRequestTests {
    @Test func segmentsAreDecodedAndEmptyOnesLeftOut() {
        #expect(PageRequest(path: "/users//a%20b/%e2%82%ac/100%").segments == ["users", "a b", "€", "100%"])
    }

    @Test func parametersAreDecodedAsInForms() {
        let request = PageRequest(path: "/", query: "a=1&b=x+y%26z&c&a=2&=d")
        #expect(request.parameters.map(\.name) == ["a", "b", "c", "a", ""])
        #expect(request.parameters.map(\.value) == ["1", "x y&z", "", "2", "d"])
        #expect(request.parameter("a") == "1")
    }

    @Test func cookiesComeFromAllLines() {
        let headers = HTTPFields([HTTPField("Cookie", "a=1; b=\"two\""), HTTPField("cookie", "c=x=y;d")])
        let request = PageRequest(path: "/", headers: headers)
        #expect(request.cookies.map(\.name) == ["a", "b", "c"])
        #expect(request.cookies.map(\.value) == ["1", "two", "x=y"])
        #expect(request.cookie("b") == "two")
    }
}
