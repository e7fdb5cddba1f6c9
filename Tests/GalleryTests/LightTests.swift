import Gallery
import LiveServer
import Testing

@Suite struct GalleryLightTests {
    @Test func aClickChangesTheLight() throws {
        let conversation = Conversation(Gallery.routes)
        try conversation.open("/light")
        try conversation.click("on")
        #expect(try conversation.html().contains("100 %"))
    }
}
