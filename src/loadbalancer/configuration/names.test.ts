import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backendName, identifier, listenerName, openBackendName, serverName } from './names.ts'

describe('names of sections and servers', () => {
  it('are made of those of the API', () => {
    const arn = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/web/73e2d6bc24d8a067'
    expect(backendName(arn)).toBe('web.73e2d6bc24d8a067')
    expect(openBackendName(arn)).toBe('web.73e2d6bc24d8a067:open')
    expect(serverName('10.0.0.1:8080')).toBe('10.0.0.1:8080')
    const listener =
      'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2'
    expect(listenerName(listener)).toBe('web.50dc6c495c0c9188.f2f7dc8efc522ab2')
  })

  it('have nothing in them that HAProxy refuses, and stay different', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(identifier(one)).toMatch(/^[A-Za-z0-9_.:-]*$/)
        expect(identifier(one) === identifier(other)).toBe(one === other)
      }),
    )
  })
})
