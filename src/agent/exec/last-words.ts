/**
 * The end of a session waits until what was sent last has arrived, as long as anything arrives; a client that is gone has its time to come back.
 *
 * An acknowledgement that was lost is not sent again: that its message has arrived is seen by the acknowledgement of a later one. After the last
 * message there is none, so that a few come which say nothing.
 */
import type { Clock } from '../../kit/clock.ts'
import type { SessionChannel } from './session-channel.ts'

export interface LastWords {
  readonly channel: Pick<SessionChannel, 'isAcknowledged' | 'isFull' | 'hasClient' | 'acknowledgement'>
  readonly clock: Clock
  /** Aborted when the session is ended in another way. */
  readonly signal: AbortSignal
  /** Sends a message that says nothing. */
  readonly probe: () => Promise<void>
}

/** For so long nothing is acknowledged before what is left counts as lost. A terminal may stand still for a while. */
const PATIENCE_MS = 10_000
const PROBE_EVERY_MS = 250
/** Over a bad network, some of these are lost as well: that must come to an end. */
const PROBES = 20

export const delivered = async ({ channel, clock, signal, probe }: LastWords): Promise<void> => {
  let lastProgress = clock.monotonic()
  let probes = 0
  while (!channel.isAcknowledged && !signal.aborted) {
    const hasProgressed = await progress(channel, clock, signal)
    if (hasProgressed) lastProgress = clock.monotonic()
    if (!channel.hasClient) continue
    if (clock.monotonic() - lastProgress > PATIENCE_MS) return
    if (!hasProgressed && !channel.isFull && probes++ < PROBES) await probe()
  }
}

/** Whether something is acknowledged before it is time to ask again. */
const progress = (channel: LastWords['channel'], clock: Clock, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const settle = (hasProgressed: boolean): void => {
      timer.cancel()
      signal.removeEventListener('abort', onEnd)
      resolve(hasProgressed)
    }
    const onEnd = (): void => settle(false)
    const timer = clock.setTimer(PROBE_EVERY_MS, onEnd)
    signal.addEventListener('abort', onEnd, { once: true })
    void channel.acknowledgement().then(() => settle(true))
  })
