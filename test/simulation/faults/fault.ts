/** One kind of thing that goes wrong. */
import type { Site } from '../site.ts'

export interface Fault {
  readonly name: string
  /** Makes it happen; what comes back undoes it. Undefined if there is nothing that it could happen to. */
  begin(site: Site): BegunFault | undefined
}

export interface BegunFault {
  /** For the trace. */
  readonly what: string
  /** How long it lasts; 0 for what does not need to be undone. */
  readonly forMs: number
  readonly end?: () => void | Promise<void>
}
