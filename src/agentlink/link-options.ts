/** What both of an agent's links need: who connects, where, and how it signs. */
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import type { Signer } from './signer.ts'
import type { OpenSocket } from './socket.ts'

export interface LinkOptions {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly openSocket: OpenSocket
  readonly sign: Signer
  /** Base URL from DiscoverPollEndpoint. */
  readonly endpoint: () => Promise<string>
  readonly agent: {
    readonly agentHash: string
    readonly agentVersion: string
    /** Name or ARN, as configured. */
    readonly cluster: string
    readonly containerInstanceArn: string
    /** Bare, e.g. `20.10.24`. */
    readonly dockerVersion: string
  }
  readonly onConnected?: () => void
}
