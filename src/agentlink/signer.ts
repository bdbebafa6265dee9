/** What the agent's ends need of SigV4. The service (`ecs`), the region and the keys are bound in it. */

export interface SignableRequest {
  readonly method: 'GET' | 'POST'
  /** `http:` or `https:`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Absent: the signature is of an empty body. */
  readonly body?: string
}

/** Gives all headers to send: those of the request, `Host`, `X-Amz-Date`, `Authorization`, and the session token if there is one. */
export type Signer = (request: SignableRequest) => Readonly<Record<string, string>>
