/**
 * A modelled fault: an answer that the API defines for bad input or a state that forbids the call. Handlers throw it, the wire
 * turns it into bytes.
 */

export interface FaultDetails {
  /** Name of the modelled exception, e.g. `ClusterNotFoundException`. */
  readonly code: string
  readonly message: string
  /** Whose mistake; decides between 4xx and 5xx where the model has no status. */
  readonly side?: 'client' | 'server'
  /** HTTP status, if not the protocol's usual one (400, or 500 for the server's side). */
  readonly status?: number
  /** Further members of the modelled shape, e.g. `resourceIds` of ConflictException. */
  readonly members?: Readonly<Record<string, unknown>>
}

export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: string
  readonly side: 'client' | 'server'
  readonly status: number
  readonly members: Readonly<Record<string, unknown>>

  constructor({ code, message, side = 'client', status, members = {} }: FaultDetails) {
    super(message)
    this.code = code
    this.side = side
    this.status = status ?? (side === 'client' ? 400 : 500)
    this.members = members
  }
}
