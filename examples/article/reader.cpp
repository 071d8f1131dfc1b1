// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * reader.cpp -- the second program: finds the containers by name, reads and
 * changes them, and removes them
 */
#include "article.hpp"

/* By pointers of the other program's. */
static void
use_common(tarn::container_factory &factory)
{
	auto common = factory.get<common_data>("common");
	auto lock = common.lock(), of_numbers = factory.lock("numbers"), of_words = factory.lock("words");

	common->runs++;
	common->of_numbers->push_back(36);
	(*common->of_words)["pool"].emplace_back("what the article called it");
	std::cout << common->name << ", after " << common->runs << " runs\n";
}

template <class C, class Change>
static void
change(tarn::container_factory &factory, const char *name, Change &&how)
{
	auto it = factory.get<C>(name);
	auto lock = it.lock();

	if (lock.owner_died())
		throw std::runtime_error("who was changing it has died");
	how(*it);
	print(name, *it);
}

static void
change_all(tarn::container_factory &factory)
{
	change<numbers>(factory, "numbers", [](numbers &n) { n.erase(n.begin()); });
	change<queue>(factory, "queue", [](queue &q) { q.pop_front(); });
	change<index_of_words>(factory, "words", [](index_of_words &w) { w["tarn"].emplace_back("a library"); });
	change<primes>(factory, "primes", [](primes &p) { p.insert(11); });
	change<days>(factory, "days", [](days &d) { d.emplace_back("Wednesday"); });
	change<string>(factory, "motto", [](string &s) { s.insert(0, "once more: "); });
	auto cost = factory.get<prices>("prices");
	auto lock = cost.lock();

	cost->at("bread") += 0.25;
	std::cout << "bread costs " << cost->at("bread") << "\n";
}

static int
remove_all(tarn::container_factory &factory)
{
	return factory.remove<numbers>("numbers") + factory.remove<queue>("queue") +
	       factory.remove<index_of_words>("words") + factory.remove<primes>("primes") +
	       factory.remove<prices>("prices") + factory.remove<days>("days") +
	       factory.remove<string>("motto") + factory.remove<common_data>("common");
}

int
main()
{
	try {
		tarn::container_factory factory;

		use_common(factory);
		change_all(factory);
		std::cout << "removed " << remove_all(factory) << " containers\n";
	} catch (const std::exception &e) {
		std::cerr << "reader: " << e.what() << "\n";
		return 1;
	}
	return 0;
}
