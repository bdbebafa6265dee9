import { describe, expect, it } from 'vitest'
import { RuntimeError } from '../runtime.ts'
import { cutReason, goDuration, reasonFor } from './reasons.ts'

describe('reasons', () => {
  it('tell what the engine answered as the Docker client does', () => {
    const error = new RuntimeError('refused', 'no such file')
    expect(reasonFor('CannotStartContainerError', error, 'started', 180)).toBe(
      'CannotStartContainerError: Error response from daemon: no such file',
    )
  })

  it('tell a timeout by its transition', () => {
    const error = new RuntimeError('timeout', 'no answer')
    expect(reasonFor('CannotStartContainerError', error, 'started', 180)).toBe(
      'DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s',
    )
  })

  it('print durations as Go does', () => {
    expect([5, 60, 90, 3600, 7384].map(goDuration)).toEqual(['5s', '1m0s', '1m30s', '1h0m0s', '2h3m4s'])
  })

  it('are cut by bytes and never within a character', () => {
    expect(cutReason('aé', 2)).toBe('a')
    expect(cutReason('aé', 3)).toBe('aé')
  })
})
