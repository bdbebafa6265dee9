import { describe, expect, it } from 'vitest'
import { settle } from '../../kit/clock.ts'
import { type SlotClass, Slots } from './slots.ts'

describe('slots', () => {
  it('are as many as there are, and go to what finishes before what begins', async () => {
    const slots = new Slots(1)
    const order: string[] = []
    const work = async (name: string, slotClass: SlotClass): Promise<void> => {
      const giveBack = await slots.take(slotClass)
      order.push(name)
      await settle()
      giveBack()
    }
    const all = [
      work('first', 'beginning'),
      work('create', 'beginning'),
      work('start', 'finishing'),
      work('look', 'looking'),
    ]
    await Promise.all(all)
    expect(order).toEqual(['first', 'look', 'start', 'create'])
  })

  it('given back twice are given back once', async () => {
    const slots = new Slots(1)
    const giveBack = await slots.take('beginning')
    giveBack()
    giveBack()
    await slots.take('beginning')
    let isTaken = false
    void slots.take('beginning').then(() => (isTaken = true))
    await settle()
    expect(isTaken).toBe(false)
  })
})
