/** The manifests that were asked for last, in memory: they are small, never change, and are asked for at every start of a task. */

const CACHE_BYTES = 16 * 1024 * 1024

export class ManifestCache {
  /** By digest, the longest not asked for first. */
  readonly #manifests = new Map<string, Buffer>()
  readonly #limitBytes: number
  #bytes = 0

  constructor(limitBytes = CACHE_BYTES) {
    this.#limitBytes = limitBytes
  }

  get(digest: string): Buffer | undefined {
    const manifest = this.#manifests.get(digest)
    if (manifest === undefined) return undefined
    this.#manifests.delete(digest)
    this.#manifests.set(digest, manifest)
    return manifest
  }

  put(digest: string, manifest: Buffer): void {
    if (manifest.length > this.#limitBytes || this.#manifests.has(digest)) return
    this.#manifests.set(digest, manifest)
    this.#bytes += manifest.length
    for (const [oldest, { length }] of this.#manifests) {
      if (this.#bytes <= this.#limitBytes) return
      this.#manifests.delete(oldest)
      this.#bytes -= length
    }
  }
}
