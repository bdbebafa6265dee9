import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { agentUrl, listen, localUrl } from './address.ts'

describe('the URL for clients on this machine', () => {
  it('is that of the address, and of the loopback where all addresses are meant', () => {
    expect(localUrl('http', '127.0.0.1', 4566)).toBe('http://127.0.0.1:4566')
    expect(localUrl('http', '::1', 4566)).toBe('http://[::1]:4566')
    expect(localUrl('http', '0.0.0.0', 4566)).toBe('http://127.0.0.1:4566')
    expect(localUrl('http', '::', 4566)).toBe('http://127.0.0.1:4566')
  })
})

describe('the URL for agents', () => {
  it('is the one that is advertised', () => {
    expect(agentUrl('http', '0.0.0.0', 4566, 'https://ecs.example.com/')).toBe('https://ecs.example.com')
  })

  it('is that of the address otherwise; no loopback where all addresses are meant and there is another', () => {
    expect(agentUrl('http', '192.0.2.7', 4566, undefined)).toBe('http://192.0.2.7:4566')
    expect(agentUrl('http', '0.0.0.0', 4566, undefined)).toMatch(/^http:\/\/\d+\.\d+\.\d+\.\d+:4566$/)
  })
})

describe('listen', () => {
  it('names the port that the system chose, and says who is in the way', async () => {
    const [first, second] = [createServer(), createServer()]
    const port = await listen(first, { host: '127.0.0.1', port: '0' })
    await expect(listen(second, { host: '127.0.0.1', port: String(port) })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use.`,
    )
    await expect(listen(second, { host: '192.0.2.1', port: '0' })).rejects.toThrow(
      '192.0.2.1 is no address of this machine.',
    )
    first.close()
  })
})
