import { expect, it } from 'vitest'
import { inheritedSocket } from './inherited-socket.ts'

it('is the first one, of the process that it is for', () => {
  expect(inheritedSocket({ LISTEN_PID: '7', LISTEN_FDS: '1' }, 7)).toBe(3)
  expect(inheritedSocket({ LISTEN_PID: '6', LISTEN_FDS: '1' }, 7)).toBeUndefined()
  expect(inheritedSocket({ LISTEN_PID: '7', LISTEN_FDS: '0' }, 7)).toBeUndefined()
  expect(inheritedSocket({}, 7)).toBeUndefined()
})
