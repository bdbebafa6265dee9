import { describe, expect, it } from 'vitest'
import { decodeEnvelope, decodeRejection, encodeRejection, frameWithHeaders, withoutHeaders } from './frames.ts'

describe('frames', () => {
  it('reads an envelope and nothing else', () => {
    expect(decodeEnvelope('{"type":"A","message":{"x":1}}')).toEqual({ type: 'A', message: { x: 1 } })
    for (const text of [
      '',
      'null',
      '[]',
      '7',
      '{',
      '{"type":"A"}',
      '{"type":1,"message":{}}',
      '{"type":"A","message":[]}',
    ]) {
      expect(decodeEnvelope(text)).toBeUndefined()
    }
  })

  it('puts headers before telemetry and takes the JSON after the first empty line', () => {
    const frame = frameWithHeaders({ Host: 'a:1', 'X-Amz-Date': 'd' }, '{"text":"one\\r\\n\\r\\ntwo"}')
    expect(frame).toBe('Host: a:1\r\nX-Amz-Date: d\r\n\r\n{"text":"one\\r\\n\\r\\ntwo"}')
    expect(withoutHeaders(frame)).toBe('{"text":"one\\r\\n\\r\\ntwo"}')
  })

  it('takes telemetry that comes without headers', () => {
    expect(withoutHeaders('{"a":"\r\n\r\n"}')).toBe('{"a":"\r\n\r\n"}')
  })

  it('writes a rejection in the short form that the ECS agent reads, and reads both forms', () => {
    const body = encodeRejection({ exception: 'InactiveInstanceException', message: 'gone' })
    expect(body).toBe('{"InactiveInstanceException":"gone"}')
    expect(decodeRejection(body)).toEqual({ exception: 'InactiveInstanceException', message: 'gone' })
    expect(decodeRejection('{"type":"ServerException","message":{"message":"later"}}')).toEqual({
      exception: 'ServerException',
      message: 'later',
    })
    expect(decodeRejection('<html>')).toBeUndefined()
    expect(decodeRejection('{"a":"b","c":"d"}')).toBeUndefined()
  })
})
