/**
 * Modules of Node at the price of what is used of them. An `import` evaluates every export that a module has, and some load what a
 * process never needs: `node:http` a second HTTP client (13 MB), `node:util` worker threads (1 MB), `node:process` its reports
 * (0.5 MB; the global does as well). The tidy test keeps the rest of the tree from importing these.
 */
import type * as Http from 'node:http'
import type * as Util from 'node:util'

export const http: typeof Http = process.getBuiltinModule('node:http')
export const util: typeof Util = process.getBuiltinModule('node:util')
