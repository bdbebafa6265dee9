import { describe, expect, it } from 'vitest'
import { RuntimeError } from '../runtime.ts'
import { parseDockerHost } from './engine-endpoint.ts'
import { asRegistryError, errorOfAnswer, errorOfConnection } from './engine-error.ts'

describe('an error of the engine', () => {
  it('keeps what is no JSON as it is', () => {
    expect(errorOfAnswer(500, 'page not found\n').message).toBe('page not found')
    expect(errorOfAnswer(502, '{broken').message).toBe('{broken')
    expect(errorOfAnswer(502, '').message).toBe('status 502')
  })

  it('says when the socket may not be opened', () => {
    const endpoint = parseDockerHost('unix:///run/docker.sock')!
    const error = errorOfConnection(endpoint, Object.assign(new Error('connect EACCES'), { code: 'EACCES' }))
    expect(error.message).toBe(
      'permission denied while trying to connect to the Docker daemon socket at unix:///run/docker.sock',
    )
  })

  it.each([
    "pull access denied for some/nonsense, repository does not exist or may require 'docker login'",
    'manifest for web:9 not found: manifest unknown: manifest unknown',
    'Get "https://registry/v2/": unauthorized: authentication required',
    'no basic auth credentials',
  ])('is a denial where a registry refuses: %s', (message) => {
    expect(asRegistryError(new RuntimeError('not-found', message)).kind).toBe('denied')
  })

  it('is no denial where the registry cannot be reached', () => {
    expect(asRegistryError(new RuntimeError('refused', 'dial tcp: lookup r: no such host')).kind).toBe('refused')
    expect(asRegistryError(new RuntimeError('unreachable', 'not found')).kind).toBe('unreachable')
  })
})
