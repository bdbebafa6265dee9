/** Another registry, as rules name it. */
import { hostOfUrl, isLoopback, targetProblem } from '../../model/delivery-target.ts'

export interface UpstreamCredentials {
  readonly username: string
  readonly password: string
}

/** A repository of another registry. */
export interface Upstream {
  /** Without a path. */
  readonly url: URL
  readonly repository: string
  readonly credentials?: UpstreamCredentials | undefined
}

/** Why something cannot be had from upstream. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  readonly kind: 'missing' | 'denied' | 'unreachable'

  constructor(kind: UpstreamError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

/** The URL that a rule means: by HTTPS, unless it says `http://` or names this machine. Throws with what is wrong with it. */
export const upstreamUrl = (text: string): URL => {
  const isComplete = /^https?:\/\//.test(text)
  const url = URL.canParse(isComplete ? text : `https://${text}`)
    ? new URL(isComplete ? text : `https://${text}`)
    : undefined
  const problem = targetProblem(url?.href ?? '')
  if (url === undefined || problem !== undefined) throw new Error(`${text}: ${problem ?? 'it is no host'}`)
  if (url.pathname !== '/' || url.search !== '') throw new Error(`${text}: it has a path`)
  const host = hostOfUrl(url)
  if (!isComplete && (host === 'localhost' || isLoopback(host))) url.protocol = 'http:'
  return url
}
