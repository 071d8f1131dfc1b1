// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * writer.cpp -- the first program: makes containers of the standard library in
 * shared memory, fills them, and ends
 *
 *	TARN_ARENA=sysv:key=42 TARN_SEGMENTS=8 TARN_SEGMENT_SIZE=4194304 ./writer
 *	TARN_ARENA=sysv:key=42 ./reader
 */
#include "article.hpp"

static void
make_all(tarn::container_factory &factory)
{
	auto n = factory.create<numbers>("numbers");
	auto q = factory.create<queue>("queue");
	auto w = factory.create<index_of_words>("words");
	auto p = factory.create<primes>("primes");
	auto cost = factory.create<prices>("prices");
	auto d = factory.create<days>("days");
	auto motto = factory.create<string>("motto", "a pool that many come to");
	auto common = factory.create<common_data>("common");
	auto locked_n = n.lock(), locked_q = q.lock(), locked_w = w.lock(), locked_p = p.lock();
	auto locked_cost = cost.lock(), locked_d = d.lock(), locked_common = common.lock();

	for (int i = 1; i <= 5; i++)
		n->push_back(i * i);
	q->emplace_back("first in line");
	q->emplace_back("second in line");
	(*w)["tarn"] = { "a mountain lake", "a pool" };
	(*w)["shm"].emplace_back("a file system that is all memory");
	p->insert({ 7, 3, 5, 2 });
	(*cost)["bread"] = 3.5;
	d->emplace_front("Tuesday");
	d->emplace_front("Monday");
	common->of_numbers = n.get();
	common->of_words = w.get();
	common->name = "what both programs know";
	common->runs = 1;
	std::cout << "made " << n->size() << " numbers and more, as " << *motto << "\n";
}

int
main()
{
	try {
		tarn::container_factory factory;

		make_all(factory);
	} catch (const std::exception &e) {
		std::cerr << "writer: " << e.what() << "\n";
		return 1;
	}
	return 0;
}
