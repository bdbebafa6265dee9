/** The size of the client's terminal, as it tells it at the beginning and whenever it changes. */
import { decodeJson, encodeJson, countIn } from './json-payload.ts'

export interface WindowSize {
  readonly columns: number
  readonly rows: number
}

/** Engines take what fits into 16 bits. */
const LARGEST = 65_535

export const encodeWindowSize = ({ columns, rows }: WindowSize): Buffer => encodeJson({ cols: columns, rows })

/** Throws `DataChannelError`. */
export const decodeWindowSize = (payload: Uint8Array): WindowSize => {
  const size = decodeJson(payload)
  return { columns: Math.min(countIn(size, 'cols'), LARGEST), rows: Math.min(countIn(size, 'rows'), LARGEST) }
}
