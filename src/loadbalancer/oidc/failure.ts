/**
 * Why somebody could not be logged in, as the client and the access log hear it.
 *
 * AWS: "HTTP 401", "HTTP 500" and "HTTP 561" in the troubleshooting guide of Application Load Balancers; "Error reason codes" of access logs.
 */
export type FailureReason =
  | 'AuthInvalidGrantError'
  | 'AuthInvalidIdToken'
  | 'AuthInvalidStateParam'
  | 'AuthInvalidTokenResponse'
  | 'AuthInvalidUserinfoResponse'
  | 'AuthMissingCodeParam'
  | 'AuthMissingHostHeader'
  | 'AuthMissingStateParam'
  | 'AuthTokenEpRequestFailed'
  | 'AuthTokenEpRequestTimeout'
  | 'AuthUnhandledException'
  | 'AuthUserinfoEpRequestFailed'
  | 'AuthUserinfoEpRequestTimeout'
  | 'AuthUserinfoResponseSizeExceeded'

/** `message` is for the log of the balancer: it repeats nothing that the provider or the client said. */
export class AuthenticationFailure extends Error {
  override readonly name = 'AuthenticationFailure'
  readonly status: 401 | 500 | 561
  readonly reason: FailureReason

  constructor(status: 401 | 500 | 561, reason: FailureReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.status = status
    this.reason = reason
  }
}
