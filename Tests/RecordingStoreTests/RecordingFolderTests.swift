import Glibc
import RecordingStore
import Testing

/// Where recordings go, and what their files are called.
@Suite struct RecordingFolderTests {
    private let folder = JournalFolder()

    @Test func aNewFolderIsMadeWithItsParentsAndKeptOutOfGit() throws {
        let path = folder.path + "/a/b"
        defer {
            unlink(path + "/.gitignore")
            rmdir(path)
            rmdir(folder.path + "/a")
        }
        try RecordingFolder.prepare(path)
        let text = String(decoding: fileBytes(path + "/.gitignore"), as: UTF8.self)
        #expect(text.split(separator: "\n").last == "*")
        #expect(access(folder.path + "/a/.gitignore", F_OK) != 0)
        try RecordingFolder.prepare(path + "/")
    }

    @Test func aFolderOfTheUsersIsLeftAsItIs() throws {
        try RecordingFolder.prepare(folder.path)
        #expect(folder.names == [])
    }

    @Test func aFileInTheWayIsSaid() throws {
        let path = folder.path + "/file"
        close(open(path, O_WRONLY | O_CREAT, 0o600))
        #expect(throws: JournalError.self) { try RecordingFolder.prepare(path + "/below") }
    }

    @Test(arguments: [
        ("localhost:4000", "localhost-4000"), ("[::1]:80", "---1--80"), ("../../etc", "..-..-etc"),
        ("größe.example", "gr--e.example"), ("a b\n/c", "a-b--c"), ("example.org", "example.org"),
    ])
    func namesHoldPlainCharactersOnly(target: String, shown: String) {
        let name = RecordingFolder.fileName(startedSeconds: 1_790_000_000, target: target, run: "a1b2c3", number: 2)
        #expect(name == "20260921T141320Z-\(shown)-a1b2c3-2.mcap")
    }

    @Test func runsAreToldApartBySixLettersAndDigits() {
        let runs = (0..<100).map { _ in RecordingFolder.newRunIdentifier() }
        #expect(Set(runs).count > 95)
        #expect(runs.allSatisfy { $0.wholeMatch(of: /[0-9a-z]{6}/) != nil })
    }
}
