/** One question to an identity provider: HTTPS alone, certificates verified, no redirects, a small answer within AWS's five seconds. */
import type { Clock } from '../../kit/clock.ts'

export interface ProviderQuestion {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface ProviderAnswer {
  readonly status: number
  readonly text: string
}

/** Rejects with `ProviderUnreachable`. */
export type AskProvider = (question: ProviderQuestion) => Promise<ProviderAnswer>

export class ProviderUnreachable extends Error {
  override readonly name = 'ProviderUnreachable'
  readonly isLate: boolean

  constructor(message: string, { isLate = false, cause }: { readonly isLate?: boolean; readonly cause?: unknown }) {
    super(message, { cause })
    this.isLate = isLate
  }
}

// AWS: "the IdP took longer than 5 seconds to respond" is answered with HTTP 500.
const PROVIDER_TIMEOUT_MS = 5000
const LARGEST_ANSWER_BYTES = 256 * 1024

export const askProviderWith =
  (clock: Clock): AskProvider =>
  async ({ method, url, headers = {}, body }) => {
    if (URL.parse(url)?.protocol !== 'https:') throw new ProviderUnreachable('The address is not HTTPS.', {})
    const controller = new AbortController()
    const timer = clock.setTimer(PROVIDER_TIMEOUT_MS, () => controller.abort())
    try {
      const response = await fetch(url, {
        method,
        headers: { accept: 'application/json', 'user-agent': 'ELB-Authenticator/1.0', ...headers },
        ...(body !== undefined && { body }),
        redirect: 'manual',
        signal: controller.signal,
      })
      return { status: response.status, text: await textOf(response) }
    } catch (error) {
      if (error instanceof ProviderUnreachable) throw error
      const isLate = controller.signal.aborted
      throw new ProviderUnreachable(isLate ? 'It did not answer in time.' : 'It could not be asked.', {
        isLate,
        cause: error,
      })
    } finally {
      timer.cancel()
    }
  }

const textOf = async ({ body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > LARGEST_ANSWER_BYTES) throw new ProviderUnreachable('The answer is too large.', {})
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
