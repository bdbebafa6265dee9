/**
 * How long to wait for an acknowledgement: the mean and the variation of the round trips seen, as in RFC 6298, with the Session Manager
 * plugin's numbers.
 */

const INITIAL_TIMEOUT_MS = 200
const INITIAL_ROUND_TRIP_MS = 100
const LONGEST_TIMEOUT_MS = 1000
const CLOCK_GRANULARITY_MS = 10
const MEAN_GAIN = 1 / 8
const VARIATION_GAIN = 1 / 4

export class RetransmissionTimeout {
  #roundTripMs = INITIAL_ROUND_TRIP_MS
  #variationMs = 0
  #timeoutMs = INITIAL_TIMEOUT_MS

  get ms(): number {
    return this.#timeoutMs
  }

  /** One more round trip. What took longer than any timeout says no more than that it took long. */
  observe(roundTripMs: number): void {
    const sample = Math.min(Math.max(roundTripMs, 0), LONGEST_TIMEOUT_MS)
    this.#variationMs += VARIATION_GAIN * (Math.abs(this.#roundTripMs - sample) - this.#variationMs)
    this.#roundTripMs += MEAN_GAIN * (sample - this.#roundTripMs)
    const timeoutMs = this.#roundTripMs + Math.max(CLOCK_GRANULARITY_MS, 4 * this.#variationMs)
    this.#timeoutMs = Math.min(timeoutMs, LONGEST_TIMEOUT_MS)
  }
}
