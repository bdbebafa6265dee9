import { describe, expect, it } from 'vitest'
import { settle } from '../../kit/clock.ts'
import { Gate } from './gate.ts'

const aVisit = (log: string[], name: string) => {
  let leave = (): void => {}
  const work = async () => {
    log.push(`${name} in`)
    await new Promise<void>((done) => (leave = done))
    log.push(`${name} out`)
  }
  return { work, leave: () => leave() }
}

describe('the gate', () => {
  it('lets pulls in together and a deletion alone, and holds no pull up for a deletion that waits', async () => {
    const log: string[] = []
    const gate = new Gate()
    const [first, second, deletion, third] = ['first', 'second', 'deletion', 'third'].map((name) => aVisit(log, name))
    const visits = [gate.shared(first!.work), gate.alone(deletion!.work), gate.shared(second!.work)]
    await settle()
    expect(log).toEqual(['first in', 'second in'])
    first!.leave()
    second!.leave()
    await settle()
    visits.push(gate.shared(third!.work))
    await settle()
    expect(log.slice(2)).toEqual(['first out', 'second out', 'deletion in'])
    deletion!.leave()
    await settle()
    third!.leave()
    await Promise.all(visits)
    expect(log.slice(5)).toEqual(['deletion out', 'third in', 'third out'])
  })

  it('opens again after a failure', async () => {
    const gate = new Gate()
    await expect(gate.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await gate.shared(() => Promise.resolve(1))).toBe(1)
  })
})
