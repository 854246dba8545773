/// A bearer token as a token server gave it.
struct AccessToken: Sendable {
    let text: Secret
    let lifetime: Duration
}
