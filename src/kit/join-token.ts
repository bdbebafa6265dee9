/**
 * What an operator hands to a machine that is to join: where the control plane is, whom to believe there, and the activation that lets it
 * in. Good once and for a short time; a text without blanks, for command lines and files.
 */

export interface JoinToken {
  readonly endpoint: string
  readonly region: string
  readonly cluster: string
  readonly activationId: string
  readonly activationCode: string
  /** Certificate of the installation's own authority (PEM), where it has one. */
  readonly authority?: string
}

const PREFIX = 'longshore-join.'

export const joinTokenText = (token: JoinToken): string =>
  PREFIX + Buffer.from(JSON.stringify(token)).toString('base64url')

/** Undefined if the text is no join token, or not all of one. */
export const readJoinToken = (text: string): JoinToken | undefined => {
  const trimmed = text.trim()
  if (!trimmed.startsWith(PREFIX)) return undefined
  try {
    const token = JSON.parse(Buffer.from(trimmed.slice(PREFIX.length), 'base64url').toString()) as JoinToken
    const { endpoint, region, cluster, activationId, activationCode } = token
    const isWhole = [endpoint, region, cluster, activationId, activationCode].every((part) => typeof part === 'string')
    return isWhole ? token : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
