/**
 * The conversations that every client plays: a long working day with all that is ordinary, and one short conversation for
 * each thing that is not.
 *
 * Each names what it needs of a client. The texts are our own and hold characters that JSON and UTF-8 make work of. None is
 * long enough to be compacted; those stand in long-conversations.ts.
 */
import type { Conversation } from "./conversation.ts";

export const CONVERSATIONS: Conversation[] = [
  {
    name: "day",
    needs: ["tools", "parallel_tools", "streaming"],
    turns: [
      { say: "Good morning! Which pier opens first?", steps: [{ text: "The north pier opens first, at 06:00." }] },
      { say: "And the others? ⚓", stream: true, steps: [{ text: "South at 07:30 — “Ölhafen” at eight." }] },
      {
        say: "How much did the north pier handle?",
        steps: [{ look: ["north"] }, { text: "The north pier handled 555 tonnes." }],
      },
      {
        say: "Compare north with south, please.",
        stream: true,
        steps: [{ look: ["north", "south"] }, { text: "South is ahead of north: 563 to 555 t." }],
      },
      {
        say: 'Quote the rule: "round down", it says.',
        steps: [{ text: 'It says: "always round down".\nNothing else.' }],
      },
      {
        say: "First the west pier, then the east pier.",
        steps: [{ text: "West first.", look: ["west"] }, { look: ["east"] }, { text: "West 451, east 429." }],
      },
      { say: "Tonnen in Köln? 你好", stream: true, steps: [{ text: "Köln zählt 12,5 Tonnen 🌦️ — 你好." }] },
      { say: "Thank you.", steps: [{ text: "You are welcome." }] },
      {
        say: "Once more, all four of them.",
        stream: true,
        steps: [
          { look: ["north", "south", "east", "west"] },
          { text: "North 555, south 563, east 429, west 451, which makes 1998 tonnes in all." },
        ],
      },
      { say: "Is that more than yesterday?", steps: [{ text: "Yes, by twelve tonnes." }] },
      { say: "Then write it down.", stream: true, steps: [{ text: "Written down." }] },
      { say: "Good night.", steps: [{ text: "Good night." }] },
    ],
  },
  {
    name: "reasoning",
    needs: ["reasoning", "tools", "streaming"],
    turns: [
      { say: "Is 555 odd?", steps: [{ thought: "It ends in five.", text: "Yes, 555 is odd." }] },
      { say: "And 563?", stream: true, steps: [{ thought: "It ends in three.", text: "So is 563." }] },
      {
        say: "Check with the books.",
        steps: [
          { thought: "The books know.", look: ["north"] },
          { thought: "There it is.", text: "The books agree." },
        ],
      },
      {
        say: "Check the other one as well.",
        stream: true,
        steps: [
          { thought: "South, then.", look: ["south"] },
          { thought: "Odd, too.", text: "Odd, as I said." },
        ],
      },
      { say: "Fine.", steps: [{ text: "Good." }] },
      { say: "What about their sum?", steps: [{ thought: "Odd and odd.", text: "Their sum is even." }] },
    ],
  },
  {
    name: "form",
    needs: ["structured_output"],
    turns: [
      { say: "The north pier owes 300 euros.", steps: [{ text: "Noted." }] },
      { say: "As a record, please.", form: true, steps: [{ text: '{"pier":"north","fee":300,"due":true}' }] },
      { say: "It has paid.", steps: [{ text: "Noted: paid." }] },
      { say: "The record again.", form: true, steps: [{ text: '{"pier":"north","fee":300,"due":false}' }] },
    ],
  },
  {
    name: "image",
    needs: ["image", "streaming"],
    turns: [
      { say: "Here is the buoy.", shows: true, steps: [{ text: "A red dot on the water." }] },
      { say: "Which colour was it?", stream: true, steps: [{ text: "Red." }] },
      { say: "And here is another.", shows: true, stream: true, steps: [{ text: "Red as well." }] },
      { say: "So both are red?", steps: [{ text: "Both are." }] },
    ],
  },
  {
    name: "retry",
    needs: ["retry", "tools", "streaming"],
    turns: [
      { say: "Who is on duty?", failures: 1, steps: [{ text: "Ms Özdemir is." }] },
      { say: "Until when?", stream: true, failures: 1, steps: [{ text: "Until ten." }] },
      { say: "How much until now?", failures: 1, steps: [{ look: ["north"] }, { text: "555 tonnes." }] },
      { say: "Thanks.", steps: [{ text: "Not at all." }] },
    ],
  },
  {
    name: "edit",
    needs: ["edit", "tools", "streaming"],
    turns: [
      { say: "We begin at the north pier.", steps: [{ text: "North it is." }] },
      { say: "How much is there?", steps: [{ look: ["north"] }, { text: "555 tonnes." }] },
      { say: "And what is due?", stream: true, steps: [{ text: "300 euros." }] },
      { say: "No, sorry: I meant the south pier.", after: 0, steps: [{ text: "South, then." }] },
      { say: "How much is there?", steps: [{ look: ["south"] }, { text: "563 tonnes." }] },
      { say: "And what is due?", stream: true, steps: [{ text: "320 euros." }] },
      { say: "Again from the beginning: west.", after: -1, steps: [{ text: "West." }] },
      { say: "Good.", steps: [{ text: "Good." }] },
    ],
  },
  {
    name: "fork",
    needs: ["fork", "tools", "streaming"],
    turns: [
      { say: "Plan the week.", steps: [{ text: "Monday north, Tuesday south." }] },
      { say: "And Wednesday?", steps: [{ look: ["east"] }, { text: "East on Wednesday." }] },
      { say: "Suppose it rains.", after: 1, stream: true, steps: [{ text: "Then we stay in." }] },
      { say: "All week?", steps: [{ text: "Until it stops." }] },
      { say: "Suppose it is dry.", after: 1, steps: [{ look: ["west"] }, { text: "Then west on Thursday." }] },
      { say: "And if it rains again?", after: 3, steps: [{ text: "Then we wait again." }] },
      { say: "And if it stays dry?", after: 4, stream: true, steps: [{ text: "Then Friday is free." }] },
    ],
  },
];

/** Played against a slow model, so that there is something to leave. */
export const LEAVING: Conversation = {
  name: "abort",
  needs: ["abort", "streaming"],
  turns: [
    { say: "Good morning.", steps: [{ text: "Good morning." }] },
    {
      say: "Tell me everything.",
      stream: true,
      leave: true,
      steps: [{ text: "There is so much to tell. ".repeat(120) }],
    },
    { say: "Briefly, please.", stream: true, steps: [{ text: "All is well." }] },
    { say: "And now at length.", stream: true, leave: true, steps: [{ text: "Well, where to begin? ".repeat(120) }] },
    { say: "No, never mind.", steps: [{ text: "As you like." }] },
    { say: "Good night.", stream: true, steps: [{ text: "Good night." }] },
  ],
};
