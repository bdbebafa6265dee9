/**
 * What a program without a terminal writes, as the engine frames it: stream type, three zero bytes, length, data.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
import type { ExecOutput } from '../../runtime.ts'

const HEADER_BYTES = 8
const LENGTH_OFFSET = 4
const STDERR = 2

export async function* framedOutput(chunks: AsyncIterable<Buffer>): AsyncIterable<ExecOutput> {
  let header: Buffer = Buffer.alloc(0)
  let left = 0
  for await (const chunk of chunks) {
    let rest = chunk
    while (rest.length > 0) {
      if (left === 0) {
        const missing = HEADER_BYTES - (header.length % HEADER_BYTES)
        const begun = header.length === HEADER_BYTES ? Buffer.alloc(0) : header
        header = Buffer.concat([begun, rest.subarray(0, missing)])
        rest = rest.subarray(missing)
        if (header.length === HEADER_BYTES) left = header.readUInt32BE(LENGTH_OFFSET)
        continue
      }
      const data = rest.subarray(0, left)
      left -= data.length
      rest = rest.subarray(data.length)
      yield { stream: header[0] === STDERR ? 'stderr' : 'stdout', data }
    }
  }
}

export async function* rawOutput(chunks: AsyncIterable<Buffer>): AsyncIterable<ExecOutput> {
  for await (const data of chunks) yield { stream: 'stdout', data }
}
