/** What the thread of `SealingThread` does. */
import { parentPort } from 'node:worker_threads'
import { assert } from '../../kit/assert.ts'
import { frameSealOf } from './frames.ts'
import { LocalSealer } from './sealer.ts'
import type { SealingAnswer, SealingRequest } from './sealing-thread.ts'

const port = parentPort
assert(port !== null, 'this is the program of a thread')
const sealers = new Map<number, LocalSealer>()

const sealerOf = (upload: number): LocalSealer => {
  const sealer = sealers.get(upload)
  assert(sealer !== undefined, 'nothing is asked of an upload that has not begun')
  return sealer
}

port.on('message', (request: SealingRequest) => {
  const { kind, upload } = request
  if (kind === 'begin') sealers.set(upload, new LocalSealer(frameSealOf(request.key)))
  else if (kind === 'end') sealers.delete(upload)
  else if (kind === 'digest') port.postMessage(sealerOf(upload).digestNow() satisfies SealingAnswer)
  else {
    const { block, firstNumber, contentBytes } = request
    const bytes = sealerOf(upload).sealNow(Buffer.from(block), firstNumber, contentBytes)
    port.postMessage({ block, bytes } satisfies SealingAnswer, [block])
  }
})
