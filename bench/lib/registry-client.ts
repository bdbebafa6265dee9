/** Pushes and pulls as Docker does, and nothing else with the bytes, so that what is measured is the registry. */
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { OCI_MANIFEST } from '../../src/model/image-manifest.ts'
import type { BenchImage, Content } from './registry-images.ts'

/** As many layers as Docker pushes at once. */
const PUSHED_AT_ONCE = 5
/** As many as it pulls at once. */
const PULLED_AT_ONCE = 3
/** Pieces that layers are written to the connection in, as it takes them. */
const PIECE_BYTES = 256 * 1024

interface Request {
  readonly method: string
  readonly url: URL
  readonly headers?: Readonly<Record<string, string | number>>
  readonly body?: Buffer
}

export class RegistryClient {
  readonly #base: string
  readonly #agent = new Agent({ keepAlive: true })

  /** `base`: e.g. `http://127.0.0.1:5000`. */
  constructor(base: string) {
    this.#base = base
  }

  async pushImage(repository: string, tag: string, { blobs, manifest }: BenchImage): Promise<void> {
    await inParallel(blobs, PUSHED_AT_ONCE, (blob) => this.#pushBlob(repository, blob))
    await this.#send(201, {
      method: 'PUT',
      url: this.#url(`${repository}/manifests/${tag}`),
      headers: { 'Content-Type': OCI_MANIFEST },
      body: manifest,
    })
  }

  async pullImage(repository: string, tag: string, { blobs, manifest }: BenchImage): Promise<void> {
    const headers = { Accept: OCI_MANIFEST }
    const url = this.#url(`${repository}/manifests/${tag}`)
    await this.#expect(manifest.length, { method: 'GET', url, headers })
    await inParallel(blobs, PULLED_AT_ONCE, (blob) => this.pullBlob(repository, blob))
  }

  pullBlob(repository: string, { digest, bytes }: Content): Promise<void> {
    return this.#expect(bytes.length, { method: 'GET', url: this.#url(`${repository}/blobs/${digest}`) })
  }

  close(): void {
    this.#agent.destroy()
  }

  /** POST, PATCH without a length, PUT. */
  async #pushBlob(repository: string, { digest, bytes }: Content): Promise<void> {
    const url = this.#url(`${repository}/blobs/uploads/`)
    const begun = await this.#send(202, { method: 'POST', url })
    const appended = await this.#send(202, {
      method: 'PATCH',
      url: this.#location(begun),
      headers: { 'Transfer-Encoding': 'chunked', 'Content-Type': 'application/octet-stream' },
      body: bytes,
    })
    const end = this.#location(appended)
    end.searchParams.set('digest', digest)
    await this.#send(201, { method: 'PUT', url: end, headers: { 'Content-Length': 0 } })
  }

  #url(place: string): URL {
    return new URL(`${this.#base}/v2/${place}`)
  }

  #location({ headers }: IncomingMessage): URL {
    return new URL(headers.location ?? '', this.#base)
  }

  async #expect(bytes: number, given: Request): Promise<void> {
    const answer = await this.#answer(given)
    let received = 0
    answer.on('data', (piece: Buffer) => (received += piece.length))
    await once(answer, 'end')
    if (answer.statusCode !== 200 || received !== bytes)
      throw new Error(`${given.url.href}: ${answer.statusCode}, ${received} bytes`)
  }

  async #send(status: number, given: Request): Promise<IncomingMessage> {
    const answer = await this.#answer(given)
    answer.resume()
    await once(answer, 'end')
    if (answer.statusCode !== status) throw new Error(`${given.method} ${given.url.href}: ${answer.statusCode}`)
    return answer
  }

  async #answer({ method, url, headers = {}, body }: Request): Promise<IncomingMessage> {
    const sent = request(url, { method, headers, agent: this.#agent })
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>
    // Who awaits it below hears of a failure.
    answered.catch(() => undefined)
    for (let offset = 0; body !== undefined && offset < body.length; offset += PIECE_BYTES)
      if (!sent.write(body.subarray(offset, offset + PIECE_BYTES))) await once(sent, 'drain')
    sent.end()
    const [answer] = await answered
    return answer
  }
}

/** Does it to all items, to so many at a time. */
export const inParallel = async <T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
