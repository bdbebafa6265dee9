/**
 * The least that `node:http` can do: reads each request to its end and answers the bytes of a file, or, with `stringify`, its JSON
 * encoded again each time.
 *
 *     node bare-server.ts <file> [stringify]
 *
 * Prints its port. Ends when its input does.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const [file = '', mode] = process.argv.slice(2)
const bytes = readFileSync(file)
const answer = JSON.parse(bytes.toString()) as object
const body = mode === 'stringify' ? () => Buffer.from(JSON.stringify(answer)) : () => bytes

const server = createServer((incoming, outgoing) => {
  incoming.resume().on('end', () => {
    const content = body()
    outgoing
      .writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1', 'Content-Length': content.length })
      .end(content)
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.stdin.on('end', () => process.exit(0)).resume()
