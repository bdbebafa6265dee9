/** What the relay takes from Docker and gives back to it. */

/** Operations that Docker's driver needs, and no others. */
export const RELAYED_TARGETS: ReadonlySet<string> = new Set(
  ['CreateLogGroup', 'CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'].map((name) => `Logs_20140328.${name}`),
)

export const PUT_LOG_EVENTS = 'Logs_20140328.PutLogEvents'

export interface RelayedCall {
  readonly target: string
  readonly body: Uint8Array
  /** SHA-256 of the body, in hexadecimal digits. */
  readonly payloadHash: string
  readonly region: string
}

export interface RelayAnswer {
  readonly status: number
  readonly body: string
}

export const TAKEN: RelayAnswer = { status: 200, body: '{}' }

/** In the form of the protocol's faults. Docker says so in its own log and drops what it tried. */
export const refusal = (status: number, code: string, message: string): RelayAnswer => ({
  status,
  body: JSON.stringify({ __type: code, message }),
})
