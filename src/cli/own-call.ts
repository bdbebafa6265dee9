/** Calls of the server that no AWS API has, made with the API client's own endpoint and signature. */
import type { ECSClient } from '@aws-sdk/client-ecs'

/** A server that takes longer is not well. */
const ANSWER_MS = 5000

/** Undefined from a server that does not have it, an older one. Rejects with what the server says. */
export const askServer = async <Answer>(
  client: ECSClient,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<Answer | undefined> => {
  const endpoint = await client.config.endpoint?.()
  if (endpoint === undefined) return undefined
  const { protocol, hostname, port, path: base } = endpoint
  const host = port === undefined ? hostname : `${hostname}:${port}`
  const target = `${base.replace(/\/$/, '')}${path}`
  const signer = await client.config.signer()
  const { headers } = await signer.sign({ method: 'GET', protocol, hostname, path: target, query, headers: { host } })
  const url = `${protocol}//${host}${target}?${new URLSearchParams(query).toString()}`
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS) })
  return response.ok ? ((await response.json()) as Answer) : refusal(response)
}

/** The server looked at the call and said no: that will not change by asking again. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

const NOT_THERE = 404

const refusal = async (response: Response): Promise<undefined> => {
  if (response.status === NOT_THERE) return undefined
  const { message } = (await response.json()) as { message: string }
  throw new Refused(message)
}
