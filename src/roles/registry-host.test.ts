import { describe, expect, it } from 'vitest'
import { registryEndpointOf, registryHost, registryOf } from './registry-host.ts'

const home = { account: '000000000000', region: 'us-east-1' }

describe('the registry that a host names', () => {
  it.each([
    ['111122223333.dkr.ecr.eu-west-1.localhost:4566', 'localhost'],
    ['111122223333.dkr.ecr.eu-west-1.localhost', 'localhost'],
    ['111122223333.DKR.ecr.eu-west-1.localhost.:4566', 'localhost'],
    ['111122223333.dkr.ecr.eu-west-1.images.example.com', 'images.example.com'],
  ])('is of the account and the region in %s', (host, suffix) => {
    expect(registryOf(host, suffix, home)).toEqual({ account: '111122223333', region: 'eu-west-1' })
  })

  it('is the one whose name it is', () => {
    const other = { account: '111122223333', region: 'eu-west-1' }
    expect(registryOf(registryHost(other, 'images.example.com'), 'images.example.com', home)).toEqual(other)
  })

  it.each([
    'localhost:4566',
    '127.0.0.1:4566',
    '[::1]:4566',
    'ecs.example.com',
    '1111.dkr.ecr.eu-west-1.localhost',
    '111122223333.dkr.ecr.eu-west-1.example.com',
    '111122223333.dkr.ecr.localhost',
    '111122223333.dkr.ecr.eu.west.localhost',
    'x111122223333.dkr.ecr.eu-west-1.localhost',
    undefined,
  ])('is that of the installation for %s', (host) => {
    expect(registryOf(host, 'localhost', home)).toBe(home)
  })
})

describe('the address of a registry', () => {
  const endpointOf = (endpoint: string) => registryEndpointOf(endpoint, home, 'localhost')

  it('is that of the server for its own, and else the name that leads to it', () => {
    expect(endpointOf('http://localhost:4566')(home)).toBe('http://localhost:4566')
    const there = { account: '000000000000', region: 'eu-west-1' }
    expect(endpointOf('http://localhost:4566')(there)).toBe('http://000000000000.dkr.ecr.eu-west-1.localhost:4566')
    expect(endpointOf('https://[::1]')(there)).toBe('https://000000000000.dkr.ecr.eu-west-1.localhost')
  })
})
