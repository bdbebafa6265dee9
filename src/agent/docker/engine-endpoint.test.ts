import { describe, expect, it } from 'vitest'
import { parseDockerHost } from './engine-endpoint.ts'

describe('DOCKER_HOST', () => {
  it('names a unix socket', () => {
    expect(parseDockerHost('unix:///run/docker.sock')?.target).toEqual({ socketPath: '/run/docker.sock' })
  })

  it.each([
    ['tcp://engine', { host: 'engine', port: 2375 }],
    ['tcp://10.0.0.1:1234', { host: '10.0.0.1', port: 1234 }],
    ['tcp://[::1]:1234', { host: '::1', port: 1234 }],
  ])('names a TCP endpoint: %s', (text, target) => {
    expect(parseDockerHost(text)?.target).toEqual(target)
  })

  it.each(['', 'ssh://host', 'unix://relative', 'tcp://', '/var/run/docker.sock'])('is refused if it is %j', (text) => {
    expect(parseDockerHost(text)).toBeUndefined()
  })
})
