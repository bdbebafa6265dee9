/** What containers ask the task metadata server, and what it answers: one route per family of paths. */

export interface MetadataRequest {
  readonly pathname: string
  readonly query: URLSearchParams
  /** The IPv4 address that the request comes from. */
  readonly sourceAddress: string
  /** Empty if it is not said. */
  readonly userAgent: string
  /** Everything that was sent. Rejects with `BodyTooLong`. */
  readonly body: () => Promise<string>
}

export interface MetadataAnswer {
  readonly status: number
  readonly contentType: 'application/json' | 'text/plain'
  readonly body: string
}

/** HEAD is answered as GET is, without the body. */
export type MetadataMethod = 'GET' | 'PUT' | 'POST'

/** What each method does with a path; others are refused. */
export type MetadataMethods = { readonly [Method in MetadataMethod]?: () => Promise<MetadataAnswer> }

/** Undefined for a path that is not this route's. */
export type MetadataRoute = (request: MetadataRequest) => MetadataMethods | undefined

/** More was sent than anything that is asked here takes. */
export class BodyTooLong extends Error {
  override readonly name = 'BodyTooLong'
}

export const jsonAnswer = (status: number, value: unknown): MetadataAnswer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
})

export const textAnswer = (status: number, text: string): MetadataAnswer => ({
  status,
  contentType: 'text/plain',
  body: `${text}\n`,
})
