import assert from 'node:assert/strict'
import test from 'node:test'
import { Poll } from '../../static/js/lib/poll.js'

/** Questions that are answered when the test says so; `told` are the answers that counted. */
function following() {
  const [asked, told] = [[], []]
  const poll = new Poll(async signal => {
    const answer = await new Promise((go, stop) => {
      asked.push({ go, stop })
      signal.addEventListener('abort', () => asked.late?.(stop))
    })
    if (signal.aborted) return undefined
    told.push(answer)
    return answer === 'over' ? undefined : 1
  })
  /** Until so many were asked. */
  const until = async count => { while (asked.length < count) await new Promise(go => setTimeout(go, 1)) }
  return { poll, asked, told, until }
}

test('the next question waits for the answer, and none follows the last', async () => {
  const { poll, asked, told, until } = following()
  poll.soon(0)
  await until(1)
  asked[0].go('half')
  await until(2)
  assert.equal(asked.length, 2)
  asked[1].go('over')
  await new Promise(go => setTimeout(go, 20))
  assert.deepEqual([asked.length, told], [2, ['half', 'over']])
})

test('asked anew, what was under way is late and begins no second line of questions', async () => {
  const { poll, asked, told, until } = following()
  poll.soon(0)
  await until(1)
  poll.soon(0)
  await until(2)
  asked[1].go('newer')
  await until(3)
  asked[0].go('older')
  await new Promise(go => setTimeout(go, 20))
  assert.deepEqual([asked.length, told], [3, ['newer']])
  asked[2].go('over')
})

test('a question that is broken off is no fault', async () => {
  const { poll, asked, told, until } = following()
  asked.late = stop => stop(new DOMException('broken off', 'AbortError'))
  poll.soon(0)
  await until(1)
  poll.soon(0)
  await until(2)
  asked[1].go('over')
  await new Promise(setImmediate)
  assert.deepEqual(told, ['over'])
})
