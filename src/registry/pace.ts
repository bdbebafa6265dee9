/** Clients that send or take next to nothing, but never quite stop, would hold for ever what a transfer holds. */
import type { Clock, Timer } from '../kit/clock.ts'
import { TRANSFER_LEAST_BYTES, TRANSFER_PACE_MS } from '../model/registry-limits.ts'
import type { Exchange } from './exchange.ts'

/** Cuts the connection if the client falls behind while it has to send or to take something. Call what it gives at the end. */
export const keepPace = ({ request, response, clock }: Exchange): (() => void) => {
  const { socket } = request
  const moved = (): number => socket.bytesRead + socket.bytesWritten
  return every(clock, TRANSFER_PACE_MS, moved, (before, now) => {
    const isClientsTurn = !request.complete || response.headersSent
    if (isClientsTurn && now - before < TRANSFER_LEAST_BYTES) socket.destroy()
  })
}

/** Calls `look` with the measure of last time and that of now. */
const every = (
  clock: Clock,
  periodMs: number,
  measure: () => number,
  look: (before: number, now: number) => void,
): (() => void) => {
  let timer: Timer
  const wait = (before: number): void => {
    timer = clock.setTimer(periodMs, () => {
      const now = measure()
      wait(now)
      look(before, now)
    })
  }
  wait(measure())
  return () => timer.cancel()
}
