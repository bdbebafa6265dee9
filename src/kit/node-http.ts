/**
 * `node:http`, at the price of what is used of it. An `import` of that module evaluates every export it has, and one of them
 * (`WebSocket`) loads a second HTTP client: 13 MB that a process which only serves or calls never needs.
 */
import type * as Http from 'node:http'

export const http: typeof Http = process.getBuiltinModule('node:http')
