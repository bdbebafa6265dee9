/** What the Query protocol and EC2's variant of it have in common: how a request is recognised, and how XML is answered. */
import { Buffer } from 'node:buffer'
import { MalformedInput } from './decode-error.ts'
import { type FormNode, parseForm } from './form.ts'
import { type Claim, headerOf, type WireRequest, type WireResponse } from './protocol.ts'
import type { ProtocolName } from './service.ts'

const FORM = 'application/x-www-form-urlencoded'

/** What a form with an `Action` asks for. Undefined if the request is none. */
export const formClaim = (protocol: ProtocolName, request: WireRequest): Claim | undefined => {
  const form = formText(request)
  if (form === undefined) return undefined
  // A form that cannot be read claims nothing by name; the codec then says what is wrong with it.
  const content = readForm(form)
  const field = (name: string): string =>
    content instanceof MalformedInput ? '' : (content.children.get(name)?.value ?? '')
  return { protocol, address: field('Version'), operation: field('Action'), content }
}

/** Throws `MalformedInput` if the form could not be read. */
export const claimedForm = ({ content }: Claim): FormNode => {
  if (content instanceof MalformedInput) throw content
  return content as FormNode
}

/** The form of a request: its body, or the query string of a GET. Undefined if there is no `Action` in it. */
const formText = ({ method, url, headers, body }: WireRequest): string | undefined => {
  const question = url.indexOf('?')
  const query = question === -1 ? '' : url.slice(question + 1)
  const isForm = method === 'POST' && body.length > 0 && (headerOf(headers, 'content-type') ?? FORM).startsWith(FORM)
  const text = isForm ? `${query}&${body.toString()}` : query
  return /(^|&)Action=/.test(text) ? text : undefined
}

const readForm = (text: string): FormNode | MalformedInput => {
  try {
    return parseForm(text)
  } catch (error) {
    if (error instanceof MalformedInput) return error
    throw error
  }
}

export const xmlAnswer = (status: number, text: string, requestId: string): WireResponse => ({
  status,
  headers: { 'x-amzn-RequestId': requestId, 'Content-Type': 'text/xml' },
  body: Buffer.from(text),
})
