import { describe, expect, it } from 'vitest'
import { failureReason, parseCheckLine } from './check-line.ts'

describe('a line about a check', () => {
  it('that passed tells whether the server gets requests', () => {
    const line = (status: string): string =>
      `Health check for server web.1/127.0.0.1:80 succeeded, reason: Layer7 check passed, code: 200, check duration: 1ms, status: ${status}.`
    expect(parseCheckLine(line('1/2 DOWN'))).toEqual({
      backend: 'web.1',
      server: '127.0.0.1:80',
      isPassed: true,
      isUp: false,
      reason: 'Layer7 check passed',
      code: 200,
    })
    expect(parseCheckLine(line('2/2 UP'))).toMatchObject({ isUp: true })
  })

  it('that failed tells why', () => {
    const line =
      'Health check for server web/a failed, reason: Layer7 wrong status, code: 503, info: "Service, status: 1/2 UP", check duration: 0ms, status: 0/2 DOWN.'
    expect(parseCheckLine(line)).toMatchObject({
      isPassed: false,
      isUp: false,
      reason: 'Layer7 wrong status',
      code: 503,
    })
    expect(
      parseCheckLine(
        'Health check for server web/a failed, reason: Layer4 timeout, check duration: 2001ms, status: 0/2 DOWN.',
      ),
    ).toMatchObject({ isPassed: false, reason: 'Layer4 timeout' })
  })

  it('is told from others', () => {
    expect(parseCheckLine('Server web/a is DOWN, reason: Layer4 timeout')).toBeUndefined()
    expect(parseCheckLine('"web" "rule" "GET"')).toBeUndefined()
  })
})

describe('why a check failed', () => {
  it.each([
    ['Layer4 timeout', undefined, 'Target.Timeout', 'Request timed out'],
    ['L7TOUT', undefined, 'Target.Timeout', 'Request timed out'],
    ['Layer7 wrong status', 404, 'Target.ResponseCodeMismatch', 'Health checks failed with these codes: [404]'],
    ['L7STS', 500, 'Target.ResponseCodeMismatch', 'Health checks failed with these codes: [500]'],
    ['L7STS', undefined, 'Target.FailedHealthChecks', 'Health checks failed'],
    ['Layer4 connection problem', undefined, 'Target.FailedHealthChecks', 'Health checks failed'],
  ])('is said in AWS’s words: %s, %s', (words, code, reason, description) =>
    expect(failureReason(words, code)).toEqual({ reason, description }),
  )
})
